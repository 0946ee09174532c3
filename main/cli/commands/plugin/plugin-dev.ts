import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Areas } from '../../../../schema/contract/areas.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import type { PluginConsent, PluginInspection, PluginSummary } from '../../../../schema/contract/plugin.ts';
import { type Fault, toFault } from '../../../../schema/fault.ts';
import { type Command, type CommandContext, isSet } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { errorDocument, errorText } from '../../output/print.ts';
import { inspectionText } from './plugin-inspection.ts';
import { flag } from '../../option.ts';

interface BuiltPackage {
  readonly file: string;
  readonly sha256: string;
  /** What was agreed to of it. */
  readonly consent?: PluginConsent;
}

interface Place {
  readonly client: Client<Areas>;
  /** The plugin's sources. */
  readonly folder: string;
  readonly development: string;
}

/** Packs a plugin and offers it whenever its files are saved; one thing after the other, and saves that wait are one. */
class PluginDevelopment implements AsyncDisposable {
  readonly #context: CommandContext;
  readonly #place: Place;
  readonly #packages = mkdtempSync(join(tmpdir(), 'cavern-dev-'));
  /** What `--yes` agrees to: what is there now, and nothing that comes later. */
  #agreesToFirst: boolean;
  /** The digest of what is offered. */
  #offered: string | undefined;
  #toAgreeTo: BuiltPackage | undefined;
  #work: Promise<void> = Promise.resolve();
  #isToBuild = false;

  constructor(context: CommandContext, place: Place) {
    this.#context = context;
    this.#place = place;
    this.#agreesToFirst = isSet(context, 'yes');
  }

  saved(): void {
    if (this.#isToBuild) return;
    this.#isToBuild = true;
    this.#next(() => {
      this.#isToBuild = false;
      return this.#build();
    });
  }

  answered(line: string): void {
    if (/^\s*y(es)?\s*$/i.test(line)) this.#next(() => this.#agree());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#work;
    rmSync(this.#packages, { recursive: true, force: true });
  }

  #next(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (!this.#context.signal.aborted) await step();
    });
  }

  async #build(): Promise<void> {
    try {
      const { file, sha256 } = await this.#context.offline.plugins.pack(this.#place.folder, this.#packages, {
        sourcemap: 'linked',
      });
      if (sha256 === this.#offered) return;
      this.#toAgreeTo = undefined;
      await this.#offer({ file, sha256 });
    } catch (thrown) {
      this.#failed(toFault(thrown));
    }
  }

  async #agree(): Promise<void> {
    const agreed = this.#toAgreeTo;
    this.#toAgreeTo = undefined;
    if (agreed !== undefined) await this.#offer(agreed);
  }

  async #offer(built: BuiltPackage): Promise<void> {
    const { client, development } = this.#place;
    const { file: source, sha256, consent } = built;
    try {
      const order = { development, source, ...(consent === undefined ? {} : { consent }) };
      const { plugin } = await client.plugin.reload(order, { signal: this.#context.signal });
      this.#isOffered(plugin);
      this.#agreesToFirst = false;
      this.#offered = sha256;
    } catch (thrown) {
      const fault = toFault(thrown);
      const { inspection }: { inspection?: PluginInspection } = Object(fault.data);
      if (fault.code !== 'consent_needed' || inspection === undefined) return this.#failed(fault);
      await this.#needsConsent(built, inspection);
    }
  }

  async #needsConsent(built: BuiltPackage, inspection: PluginInspection): Promise<void> {
    const { digest, capabilities } = inspection;
    const toAgreeTo = { ...built, consent: { digest, capabilities } };
    if (this.#agreesToFirst) {
      this.#agreesToFirst = false;
      return this.#offer(toAgreeTo);
    }
    this.#toAgreeTo = toAgreeTo;
    const text = `${inspectionText(inspection)}Not offered yet. To agree: y and Enter\n`;
    this.#say({ state: 'consent_needed', inspection }, text);
  }

  #isOffered(plugin: PluginSummary): void {
    const { id, version, tools } = plugin;
    const text = this.#offered === undefined ? `is offered: ${tools.join(', ')}` : 'reloaded';
    this.#say({ state: 'offered', plugin }, `${id} ${version} ${text}\n`);
  }

  #failed(fault: Fault): void {
    if (this.#context.signal.aborted) return;
    this.#say({ state: 'failed', ...errorDocument(fault) }, errorText(fault));
  }

  /** With `--json` a document on each line. */
  #say(document: object, text: string): void {
    this.#context.stdout.write(this.#context.json ? `${JSON.stringify(document)}\n` : text);
  }
}

/** Lines that are typed, until it is disposed. */
function readLines(onLine: (line: string) => void): Disposable {
  const lines = createInterface({ input: process.stdin, terminal: false });
  lines.on('line', onLine);
  return {
    [Symbol.dispose]() {
      lines.close();
      process.stdin.destroy();
    },
  };
}

export const developCommand: Command = {
  words: ['plugin', 'dev'],
  usage: 'plugin dev DIR [--yes]',
  about: 'Offer a plugin as it is built now, and again whenever its files are saved, until this is ended',
  options: { yes: flag('Agree to what it may do') },
  positionals: [1, 1],
  takes: ['folder'],
  document:
    'a document on each line: { state: "offered", plugin }, { state: "consent_needed", inspection } or { state: "failed", error }; y on standard input agrees',
  async run(context) {
    const folder = resolve(context.positionals[0] ?? '');
    const client = await context.connect();
    const held = client.plugin.develop({ folder }, { signal: context.signal })[Symbol.asyncIterator]();
    const opened = await held.next();
    if (opened.done === true) return EXIT.failed;
    await using development = new PluginDevelopment(context, { client, folder, ...opened.value });
    using _saves = context.offline.plugins.watch(folder, () => development.saved());
    using _lines = readLines((line) => development.answered(line));
    if (!context.json) context.stdout.write(`Watching ${folder}. Ctrl+C ends it and takes the plugin away.\n`);
    development.saved();
    // Until the signal aborts or the kernel ends.
    await held.next();
    return EXIT.ok;
  },
};
