// A window on a computer for which the hub of `hub.ts` is the model hub.
import { mkdtemp } from "node:fs/promises";
import path from "node:path";

import { phi3Mini, startHub, whyNoTestModels } from "./hub";
import { test } from "./window";

/** Scenarios beside a hub that has these builds of Phi-3 mini, by their ids in the catalog. */
export const testWithHub = (...builds: string[]) =>
  test.extend<{ hub: undefined }>({
    // Whether a scenario asks for it or not: the window has to be told of it when it opens.
    hub: [
      async ({ sandbox }, use, testInfo) => {
        const reason = await whyNoTestModels();
        testInfo.skip(reason !== undefined, reason);
        const folder = await mkdtemp(path.join(sandbox.folder, "hub-"));
        const hub = await startHub(folder, await Promise.all(builds.map(phi3Mini)));
        sandbox.env.HF_ENDPOINT = hub.url;
        await use(undefined);
        await hub.close();
      },
      { auto: true },
    ],
  });
