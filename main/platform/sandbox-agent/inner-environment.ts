/** The environment of what runs in the sandbox: that of the container without what is the agent's own. */
export function innerEnvironment(added: Readonly<Record<string, string>>): Record<string, string> {
  const environment: Record<string, string> = { LANG: 'C.UTF-8' };
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('CAVERN_')) environment[name] = value;
  }
  return { ...environment, ...added };
}
