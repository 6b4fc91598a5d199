import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { DraftKeeper } from "./draftKeeper";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function keeper() {
  const told: string[] = [];
  return { told, draft: new DraftKeeper((text) => told.push(text)) };
}

test("what is typed is told once the typing pauses", () => {
  const { told, draft } = keeper();
  draft.changed("w");
  vi.advanceTimersByTime(300);
  draft.changed("wh");
  vi.advanceTimersByTime(300);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual(["wh"]);
});

test("a flush tells at once, and nothing follows it", () => {
  const { told, draft } = keeper();
  draft.changed("why");
  draft.flush();
  vi.advanceTimersByTime(1000);
  expect(told).toEqual(["why"]);
});

test("what the other side knows is not told again", () => {
  const { told, draft } = keeper();
  draft.wasTold("why");
  draft.changed("why");
  draft.flush();
  expect(told).toEqual([]);
});
