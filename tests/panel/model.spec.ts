import { expect, test } from "./panel";
import { conversation, preparing, ready, surroundings, turn, unavailable } from "./samples";

test("what answers is shown, and leads to the other accelerators", async ({ panel }) => {
  await panel.tell(conversation(), surroundings());
  const model = panel.button(/: switch accelerator/);
  await expect(model).toContainText("Intel NPU (OpenVINO)");
  await expect(model).toHaveAttribute(
    "title",
    "Phi-3 mini answers on Intel NPU (OpenVINO). Switch accelerator",
  );
  await model.click();
  expect(await panel.sent("run")).toEqual([
    { kind: "run", command: "phiSidecar.switchAccelerator" },
  ]);
});

test("the starter is named as one", async ({ panel }) => {
  await panel.page.setViewportSize({ width: 600, height: 680 });
  await panel.tell(
    conversation(),
    surroundings({ model: { ...ready, starter: true, model: "SmolLM2" } as typeof ready }),
  );
  await expect(panel.page.getByText("SmolLM2 (starter)")).toBeVisible();
});

test("while a model is prepared its step and share are shown", async ({ panel }) => {
  await panel.tell(conversation(), surroundings({ model: preparing }));
  await expect(panel.page.getByText("Fetching the starter model, 61 of 145 MB")).toBeVisible();
  await expect(panel.page.getByText("42%")).toBeVisible();
  await expect(panel.page.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "42");
});

test("a step of unknown length shows that it goes on", async ({ panel }) => {
  const loading = { kind: "preparing", step: "Loading the model", percentage: null } as const;
  await panel.tell(conversation(), surroundings({ model: preparing }));
  await panel.tell(conversation(), surroundings({ model: loading }));
  await expect(panel.page.getByText("Loading the model")).toBeVisible();
  await expect(panel.page.getByText("%")).toHaveCount(0);
  await expect(panel.page.getByRole("progressbar")).not.toHaveAttribute("aria-valuenow");
});

test("why no model can answer is told, with what helps", async ({ panel }) => {
  await panel.tell(conversation([turn("t1")]), surroundings({ model: unavailable }));
  await expect(panel.page.getByText("The driver of the NPU is missing.")).toBeVisible();
  await expect(panel.page.getByText("Install the driver, then try again.")).toBeVisible();
  await panel.button("Try again").click();
  await panel.page.locator(".banner").getByText("Switch accelerator").click();
  expect(await panel.sent("run")).toEqual([
    { kind: "run", command: "phiSidecar.tryAgain" },
    { kind: "run", command: "phiSidecar.switchAccelerator" },
  ]);
});

test("the keyboard is not lost with a button that helped", async ({ panel }) => {
  await panel.tell(conversation([turn("t1")]), surroundings({ model: unavailable }));
  await panel.button("Try again").press("Enter");
  await panel.tell(surroundings({ model: preparing }));
  await expect(panel.composer).toBeFocused();
});

test("a screen reader hears when there is a model again", async ({ panel }) => {
  await panel.tell(conversation(), surroundings({ model: preparing }), surroundings());
  await expect(panel.page.locator("main > [role=status]")).toHaveText(
    "The model is ready on Intel NPU (OpenVINO).",
  );
});

test("progress moves, and nothing else is drawn anew", async ({ panel }) => {
  await panel.tell(conversation([turn("t1")]), surroundings({ model: preparing }));
  await panel.composer.focus();
  const changed = panel.page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const names: string[] = [];
        const observer = new MutationObserver((records) => {
          for (const { addedNodes, removedNodes } of records) {
            names.push(
              ...[...addedNodes, ...removedNodes]
                .filter((node) => node instanceof Element)
                .map(({ nodeName }) => nodeName),
            );
          }
        });
        observer.observe(document.body, { childList: true, subtree: true });
        window.addEventListener("message", () => setTimeout(() => resolve(names), 100));
      }),
  );
  await panel.tell(surroundings({ model: { ...preparing, percentage: 43 } as typeof preparing }));
  await expect(panel.page.getByText("43%")).toBeVisible();
  expect(await changed).toEqual([]);
  await expect(panel.composer).toBeFocused();
});
