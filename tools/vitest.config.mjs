import { defineConfig } from "vitest/config";

import { root } from "./layout.mjs";

export default defineConfig({
  root,
  // Vite's own cache, which would otherwise lie in node_modules and be lost with it.
  cacheDir: ".cache/vite",
  test: {
    include: ["extension/**/*.test.ts", "tests/{unit,contract}/**/*.test.ts"],
    environment: "node",
    // A test that was left alone (`it.only`) hides all the others.
    allowOnly: false,
  },
});
