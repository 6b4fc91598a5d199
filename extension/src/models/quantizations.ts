/** How a model's weights can be, from the most exact to the smallest: what each means. */
const meanings: Readonly<Record<string, string>> = {
  fp32: "Full precision: twice the size of FP16, for no better text.",
  fp16: "The largest and most exact; the slowest.",
  int8: "Half the size of FP16, and nearly as exact.",
  int4: "The smallest and fastest; a little less exact.",
  q4_1: "4 bits to a weight, as GGUF keeps them: small and fast.",
  mixed: "Several kinds of weights, as its makers chose them.",
};

/** Names a quantization where it stands alone, such as INT4. */
export function quantizationTitle(quantization: string): string {
  return quantization.toUpperCase();
}

/** Says in a plain line what a quantization means; undefined of one that is not known. */
export function meaningOf(quantization: string): string | undefined {
  return meanings[quantization.toLowerCase()];
}

/** Names a model in a form, such as `Phi-3 mini, int4`. */
export function modelWords(name: string, quantization: string | null | undefined): string {
  // What answers without a model has no quantization either.
  return quantization && quantization !== "none" ? `${name}, ${quantization}` : name;
}
