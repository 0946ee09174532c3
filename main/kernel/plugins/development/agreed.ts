import type { PluginManifest } from '../../../../schema/plugin-manifest.ts';
import type { Before } from '../installing/inspection.ts';

/** What was agreed to of a plugin under development. */
export interface Agreed extends Before {
  readonly id: string;
  readonly publisher: string;
  readonly runtime: PluginManifest['runtime'];
  readonly profile: string;
  /** `words.fix write` */
  readonly effects: ReadonlySet<string>;
}

function effectsOf({ tools }: PluginManifest): string[] {
  return tools.flatMap(({ name, effects }) => effects.map((effect) => `${name} ${effect}`));
}

export function agreedOf(manifest: PluginManifest): Agreed {
  const { id, version, publisher, runtime, profile, capabilities } = manifest;
  return { id, version, publisher, runtime, profile, agreed: capabilities, effects: new Set(effectsOf(manifest)) };
}

const EFFECTS: Readonly<Record<string, string>> = {
  read: 'reads',
  write: 'changes something',
  network: 'uses the network',
};

/** What a manifest says beyond what was agreed to, besides its capabilities: a sentence each. */
export function widenings(agreed: Agreed, manifest: PluginManifest): string[] {
  const { id, publisher, runtime, profile } = manifest;
  const changed = (before: string, now: string, sentence: string): string[] => (before === now ? [] : [sentence]);
  return [
    ...changed(agreed.id, id, `It is called "${id}" now.`),
    ...changed(agreed.publisher, publisher, `It says now that "${publisher}" made it.`),
    ...changed(agreed.runtime, runtime, `It is run by "${runtime}" now.`),
    ...changed(agreed.profile, profile, `It runs in the profile "${profile}" now.`),
    ...effectsOf(manifest)
      .filter((effect) => !agreed.effects.has(effect))
      .map((effect) => {
        const [tool = '', what = ''] = effect.split(' ');
        return `Its tool ${tool} ${EFFECTS[what] ?? what} now.`;
      }),
  ];
}
