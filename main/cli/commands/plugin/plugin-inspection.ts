import type { PluginInspection } from '../../../../schema/contract/plugin.ts';

/** What somebody should know before they agree to a plugin: of an update, what is new. */
export function inspectionText(inspection: PluginInspection): string {
  const { id, version, displayName, publisher, signer, installed, step } = inspection;
  const { start, mayDo, added, tools, components, files } = inspection;
  const asked = installed === null ? mayDo : added;
  return [
    `${displayName} (${id} ${version})${installed === null ? '' : `, in the place of ${step === 'older' ? 'the newer ' : ''}${installed}`}`,
    `by ${publisher}, ${signer === null ? 'not signed' : 'signed'}; ${files} files, ${components.length} components`,
    ...tools.map((tool) => `  ${tool.name}  ${tool.description}`),
    ...(start === undefined ? [] : startLines(start)),
    ...(asked.length === 0 ? ['It asks for nothing new.'] : asked),
    '',
  ].join('\n');
}

function startLines({ command, env }: NonNullable<PluginInspection['start']>): string[] {
  const variables = Object.entries(env).map(([name, value]) => `  ${name}=${value}`);
  return [`It is started as: ${command.join(' ')}`, ...(variables.length === 0 ? [] : ['with', ...variables])];
}
