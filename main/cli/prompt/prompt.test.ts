import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IPty } from 'node-pty';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasTerminals, terminalsIn } from '../testing/terminal.ts';

/** Only guards against hanging. */
const LIMIT_MS = 60_000;
vi.setConfig({ testTimeout: 2 * LIMIT_MS });
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const UP = '\u001b[A';

let modules: string;
let terminals: ReturnType<typeof terminalsIn>;

/** A person at a terminal with a prompt. */
class Person {
  readonly #pty: IPty;
  readonly #ended: Promise<number>;
  #seen = '';
  #heard: () => void = () => undefined;

  constructor(home: string) {
    const fixture = join(import.meta.dirname, '../testing/prompt-process.ts');
    this.#pty = terminals.spawn(process.execPath, [fixture, home], {
      cwd: home,
      cols: 120,
      rows: 40,
      env: { ...process.env, TERM: 'xterm-256color', NO_COLOR: '1' },
    });
    this.#pty.onData((text) => {
      this.#seen += text;
      this.#heard();
    });
    this.#ended = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  /** Waits for a text behind what was waited for before, and gives what came up to its end. */
  async sees(text: string): Promise<string> {
    const late = AbortSignal.timeout(LIMIT_MS);
    for (;;) {
      const at = this.#seen.indexOf(text);
      if (at !== -1) {
        const until = this.#seen.slice(0, at + text.length);
        this.#seen = this.#seen.slice(at + text.length);
        return until;
      }
      await new Promise<void>((resolve, reject) => {
        this.#heard = resolve;
        late.addEventListener('abort', () => reject(new Error(`There is no "${text}" in: ${this.#seen}`)), {
          once: true,
        });
      });
    }
  }

  types(text: string): void {
    this.#pty.write(text);
  }

  /** The next prompt, and then a line. */
  async enters(line: string): Promise<void> {
    await this.sees('› ');
    this.types(`${line}\r`);
  }

  async left(): Promise<number> {
    return this.#ended;
  }

  kill(): void {
    this.#pty.kill('SIGKILL');
  }
}

describe.skipIf(!hasTerminals)('the prompt', () => {
  beforeAll(() => {
    modules = mkdtempSync(join(tmpdir(), 'cavern-pty-'));
    terminals = terminalsIn(modules);
  });
  afterAll(() => rmSync(modules, { recursive: true, force: true }));

  let home: string;
  let person: Person | undefined;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'cavern-prompt-'));
  });
  afterEach(() => {
    person?.kill();
    rmSync(home, { recursive: true, force: true });
  });

  function comes(): Person {
    person = new Person(home);
    return person;
  }

  test('lines run commands, with live output, until Ctrl-D', async () => {
    const someone = comes();
    await someone.enters('session list');
    await someone.sees('k3v9xw2m5a  running  agent');
    await someone.enters('run -- echo "a b"');
    await someone.sees('live echo a b');
    // The session of the run is meant from now on.
    await someone.sees('cavern k3v9xw2m5a › ');
    someone.types('changes list\r');
    await someone.sees('M  count.txt');
    await someone.enters('sesion');
    await someone.sees('there is no such command');
    await someone.sees('2 › ');
    someone.types(CTRL_D);
    expect(await someone.left()).toBe(0);
  });

  test('Ctrl-C ends the command that runs and not the prompt; at the prompt it gives the line up', async () => {
    const someone = comes();
    await someone.enters('run -- wait');
    await someone.sees('live wait');
    someone.types(CTRL_C);
    await someone.sees('error: Interrupted');
    await someone.sees('130 › ');
    someone.types(`half a line${CTRL_C}`);
    await someone.sees('^C');
    await someone.enters('session list');
    await someone.sees('running');
    await someone.enters('exit');
    expect(await someone.left()).toBe(0);
  });

  test('Tab completes words and what the kernel knows', async () => {
    const someone = comes();
    await someone.sees('› ');
    someone.types('sess\t');
    await someone.sees('session ');
    someone.types('sho\t');
    await someone.sees('show ');
    someone.types('k\t');
    await someone.sees('k3v9xw2m5a');
    someone.types(CTRL_C);
    // Whoever types on does not wait for the words.
    await someone.enters('sess\tnone');
    await someone.sees('there is no such command');
    await someone.enters('exit');
    expect(await someone.left()).toBe(0);
  });

  test('lines are there again the next day, for their owner only, without those that hold a secret', async () => {
    const first = comes();
    await first.enters('session list');
    await first.enters('help secret hunter2');
    await first.enters(' help session');
    await first.enters('exit');
    await first.left();
    const file = join(home, 'cli-history');
    expect(readFileSync(file, 'utf8')).toBe('session list\nexit\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = comes();
    await second.sees('› ');
    second.types(`${UP}${UP}`);
    await second.sees('session list');
    second.types('\r');
    await second.sees('running  agent');
    await second.enters('exit');
    expect(await second.left()).toBe(0);
  });

  test('changes are gone through hunk by hunk and merged, and what is shown cannot steer the terminal', async () => {
    const someone = comes();
    await someone.enters('changes review k3v9xw2m5a');
    const shown = await someone.sees('Accept this hunk (1 of 2)?');
    expect(shown).toContain('- one');
    expect(shown).toContain('+ ONE^[[2J');
    someone.types('?\r');
    await someone.sees('leave this and the rest of the file');
    await someone.sees('Accept this hunk (1 of 2)?');
    someone.types('y\r');
    expect(await someone.sees('Accept this hunk (2 of 2)?')).toContain('+ TEN');
    someone.types('n\r');
    const hunk = { before: { start: 0, count: 1 }, after: { start: 0, count: 1 }, verdict: 'accepted' };
    const files = [{ path: 'count.txt', sha256: 'a'.repeat(64), verdict: 'hunks', hunks: [hunk] }];
    await someone.sees(`<decide ${JSON.stringify({ session: 'k3v9xw2m5a', files })}>`);
    await someone.sees('1 accepted, 0 left, 0 not decided');
    await someone.sees('Merge what you accepted now?');
    someone.types('y\r');
    await someone.sees('<merge {"session":"k3v9xw2m5a","reviewed":true}>');
    await someone.sees('merged    count.txt');
    await someone.enters('exit');
    expect(await someone.left()).toBe(0);
  });
});
