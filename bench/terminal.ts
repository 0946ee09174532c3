import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { CavernApp, executablePath } from '../e2e/fixtures/cavern-app.ts';
import { Shell } from '../e2e/pages/shell.ts';
import { TerminalPane } from '../e2e/pages/terminal-pane.ts';
import { DOCKER_SOCKET, TEST_IMAGE } from '../main/platform/container-engine/testing/engines.ts';
import { BareContainer } from './bare-container.ts';
import { type Metric, type Metrics, percentile, rateMetric, timeMetric } from './metric.ts';
import { benchOnScreen, isOffScreen } from './on-screen.ts';
import type { AloneTerminal } from './terminal/alone.ts';
import { floodText } from './terminal/flood-text.ts';
import type { TerminalProbe } from './terminal/in-page.ts';
import { inputToPaint } from './terminal/tour.ts';

const ROUNDS = 9;
const KEYS = 200;
const ROUND_TRIPS = 300;
const PANES = 50;
const FRAME_MS = 1000 / 60;
const FLOOD = 'flood.txt';

type Scripts = { aloneTerminal: AloneTerminal; terminalProbe: TerminalProbe };

interface Place {
  readonly id: string;
  readonly cols: number;
  readonly rows: number;
  readonly pane: string;
}

/**
 * Terminals in the packaged app's window: output from the sandbox to the screen beside xterm.js alone, over the same pane, with the same
 * text in memory; keys until their echo is drawn; fifty terminals; and what a person does all day, until it is painted.
 */
export async function terminalBench(): Promise<Metrics> {
  if (!existsSync(executablePath)) {
    throw new Error('Cannot measure the window: the packaged app is missing. Run: npm run dist -- --test');
  }
  if (isOffScreen()) return benchOnScreen('terminal');
  const scratch = mkdtempSync(join(tmpdir(), 'cavern-bench-terminal-'));
  const workspace = join(scratch, 'work');
  mkdirSync(join(scratch, 'home'), { mode: 0o700 });
  mkdirSync(workspace);
  const { block, blocks } = floodText();
  writeFileSync(join(workspace, FLOOD), block.repeat(blocks));
  const roundTripMs = await bareRoundTrip(scratch);
  const app = await CavernApp.launch(join(scratch, 'home'));
  try {
    const shell = new Shell(app);
    await shell.openFolder(workspace);
    await shell.terminal();
    await giveScripts(app.page);
    const bench = new TerminalBench(shell, await firstPlace(app));
    const echoLimitMs = 2 * roundTripMs + 2 * FRAME_MS;
    const flow = await bench.throughput();
    const echo = await bench.echo(echoLimitMs);
    const paint = await inputToPaint(shell);
    const panes = await bench.panes();
    return {
      ...flow,
      ...echo,
      ...panes,
      input_to_paint: {
        ...timeMetric(paint, 'ms'),
        peers: { p95: percentile(paint, 0.95), three_frames: 3 * FRAME_MS },
      },
    };
  } finally {
    await app.removeSessions();
    await app.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Of a frame to the plainest agent and back, in milliseconds. */
async function bareRoundTrip(parent: string): Promise<number> {
  await using bare = await BareContainer.start(new Docker({ socketPath: DOCKER_SOCKET }), {
    parent,
    image: TEST_IMAGE,
  });
  const tookMs: number[] = [];
  for (let turn = 0; turn < ROUND_TRIPS; turn += 1) tookMs.push(await bare.roundTrip(String(turn)));
  return percentile(tookMs.slice(ROUND_TRIPS / 3), 0.5);
}

/** What is evaluated by the debugger is outside of the page's content security policy. */
async function giveScripts(page: Page): Promise<void> {
  for (const name of ['alone', 'in-page']) {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, 'terminal', `${name}.ts`)],
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
    });
    await page.evaluate(outputFiles[0]?.text ?? '');
  }
}

async function firstPlace(app: CavernApp): Promise<Place> {
  const { terminals } = (await app.call('terminal.list', {})) as { terminals: Omit<Place, 'pane'>[] };
  const [terminal] = terminals;
  if (terminal === undefined) throw new Error('Cannot measure terminals: the session has none');
  return { ...terminal, pane: `.terminal-pane[data-terminal="${terminal.id}"]` };
}

class TerminalBench {
  readonly #shell: Shell;
  readonly #page: Page;
  readonly #place: Place;

  constructor(shell: Shell, place: Place) {
    this.#shell = shell;
    this.#page = shell.page;
    this.#place = place;
  }

  /** Ours and that of xterm.js alone take turns; what came is compared in a turn of its own, as collecting it takes time. */
  async throughput(): Promise<Metrics> {
    const flood = floodText();
    const bytes = Buffer.byteLength(flood.block) * flood.blocks;
    const shown = { block: flood.block.replaceAll('\n', '\r\n'), blocks: flood.blocks };
    const rates: Record<'ours' | 'alone', number[]> = { ours: [], alone: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      const aloneMs = await this.#page.evaluate(
        ({ place, text }) => (globalThis as unknown as Scripts).aloneTerminal.parse(place.pane, place, text),
        { place: this.#place, text: shown },
      );
      const oursMs = await this.#flood(`round-${round}`);
      rates.alone.push(bytes / aloneMs / 1000);
      rates.ours.push(bytes / oursMs / 1000);
    }
    return { throughput: rateMetric(rates.ours, 'MB/s', rates.alone), lost_bytes: await this.#lost(shown) };
  }

  /** From the Enter key until the end of the flood is on the screen, in milliseconds. */
  async #flood(mark: string): Promise<number> {
    const terminal = await this.#shell.terminal();
    await terminal.focus();
    const half = Math.ceil(mark.length / 2);
    await this.#page.keyboard.type(`cat ${FLOOD}; echo ${mark.slice(0, half)}""${mark.slice(half)}`);
    const shown = this.#page.evaluate(
      ({ pane, text }) => (globalThis as unknown as Scripts).terminalProbe.untilShown(pane, text),
      { pane: this.#place.pane, text: mark },
    );
    // The page listens by then: what it is asked it does in order.
    await this.#page.evaluate(() => undefined);
    await this.#page.keyboard.press('Enter');
    return shown;
  }

  /** How many bytes of the flood did not come as they were written; all, where the order or one of them is another. */
  async #lost(flood: { block: string; blocks: number }): Promise<Metric> {
    await this.#page.evaluate(() => (globalThis as unknown as Scripts).terminalProbe.collect());
    await this.#flood('collected');
    const text = await this.#page.evaluate(() => (globalThis as unknown as Scripts).terminalProbe.collected());
    const expected = flood.block.repeat(flood.blocks);
    const start = text.indexOf(flood.block.slice(0, 200));
    const came = text.slice(start, text.lastIndexOf('collected'));
    const difference = Buffer.byteLength(expected) - Buffer.byteLength(came);
    const isSame = start >= 0 && checksum(came) === checksum(expected);
    return timeMetric([isSame ? 0 : Math.abs(difference) || Buffer.byteLength(expected)], 'bytes');
  }

  /** Keys until their echo is drawn: with nothing else going on, and while another terminal prints without end. */
  async echo(limitMs: number): Promise<Metrics> {
    const terminal = await this.#shell.terminal();
    await terminal.run('clear');
    await this.#cleared();
    await this.#page.evaluate(
      (pane) => (globalThis as unknown as Scripts).terminalProbe.watchEcho(pane),
      this.#place.pane,
    );
    const idle = await this.#echoes();
    await this.#shell.page.getByRole('button', { name: 'New terminal' }).click();
    const other = await this.#shell.terminal();
    await other.run(`while true; do cat ${FLOOD}; done`);
    await this.#page.waitForTimeout(1000);
    await this.#page.locator('.dock-tab[data-panel="terminal"]').first().click();
    await (await this.#shell.terminal()).focus();
    const flooded = await this.#echoes();
    await this.#page.locator('.dock-tab[data-panel="terminal"]').last().click();
    // A click into the pane, as the focus follows a tab with the next frame.
    const flooding = new TerminalPane(this.#page);
    await flooding.focus();
    await this.#page.keyboard.press('Control+C');
    await flooding.ready();
    return {
      echo: { ...timeMetric(idle, 'ms', [limitMs]) },
      echo_flooded: { ...timeMetric(flooded, 'ms', [limitMs]), peers: { limit_p99: 3 * limitMs } },
    };
  }

  /** What is counted is the letter x: those that were there are gone. */
  async #cleared(): Promise<void> {
    await this.#page.waitForFunction(
      (pane) => (globalThis as unknown as Scripts).terminalProbe.isClear(pane),
      this.#place.pane,
    );
  }

  async #echoes(): Promise<number[]> {
    const tookMs: number[] = [];
    for (let key = 0; key < KEYS; key += 1) {
      if (key % 40 === 39) {
        await this.#page.keyboard.press('Control+U');
        await this.#cleared();
      }
      const echoed = this.#page.evaluate(() => (globalThis as unknown as Scripts).terminalProbe.nextEcho());
      await this.#page.evaluate(() => undefined);
      await this.#page.keyboard.press('x');
      tookMs.push(await echoed);
    }
    return tookMs;
  }

  /** Fifty terminals, each looked at: how long until its pane shows something, and how many never do. */
  async panes(): Promise<Metrics> {
    const tabs = this.#page.locator('.dock-tab[data-panel="terminal"]');
    while ((await tabs.count()) < PANES) {
      const before = await tabs.count();
      await this.#page.getByRole('button', { name: 'New terminal' }).click();
      await tabs.nth(before).waitFor();
    }
    const tookMs: number[] = [];
    let blank = 0;
    for (let tab = 0; tab < PANES; tab += 1) {
      const shownMs = await tabs.nth(tab).evaluate(showPane);
      if (shownMs === undefined) blank += 1;
      else tookMs.push(shownMs);
    }
    return { panes: { ...timeMetric(tookMs, 'ms'), peers: { terminals: PANES, blank } } };
  }
}

/** Runs in the page: from choosing a tab until its pane shows text; undefined where it does not within five seconds. */
async function showPane(tab: HTMLElement | SVGElement): Promise<number | undefined> {
  const { panelId = '' } = tab.dataset;
  const startedMs = performance.now();
  tab.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  (tab as HTMLElement).click();
  const pane = `.terminal-pane[data-terminal="${panelId.replace('terminal:', '')}"]`;
  const isShown = (): boolean => {
    const rows = document.querySelector<HTMLElement>(`${pane} .xterm-rows`);
    return rows?.checkVisibility() === true && rows.clientHeight > 0 && /\S/.test(rows.textContent);
  };
  while (!isShown()) {
    if (performance.now() - startedMs > 5000) return undefined;
    await new Promise((done) => requestAnimationFrame(done));
  }
  return performance.now() - startedMs;
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
