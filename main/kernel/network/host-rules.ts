/** Where a host stands in the policy: which group lists it. */
export interface HostRules {
  /** The first group that lists this host for this port; `host` in lower case, without a final dot, an IPv6 address in brackets. */
  groupOf(host: string, port: number): string | undefined;
}

interface HostRule {
  readonly group: string;
  /** `.name` for everything below a name. */
  readonly host: string;
  readonly ports: readonly number[];
}

/** Of an entry that names no port. */
const WEB_PORTS = [80, 443] as const;

/** Entries as the policy's schema lets them pass: `name`, `*.name`, an address, `[address]`, each with `:port` or without. */
export function hostRules(groups: Readonly<Record<string, readonly string[]>>): HostRules {
  const rules = Object.entries(groups).flatMap(([group, entries]) => entries.map((entry) => hostRule(group, entry)));
  return {
    groupOf: (host, port) => rules.find((rule) => rule.ports.includes(port) && isMatch(rule.host, host))?.group,
  };
}

/** The same rules, without groups that are not among `names`. */
export function onlyGroups(
  groups: Readonly<Record<string, readonly string[]>>,
  names: readonly string[] | undefined,
): Readonly<Record<string, readonly string[]>> {
  if (names === undefined) return groups;
  return Object.fromEntries(Object.entries(groups).filter(([name]) => names.includes(name)));
}

function hostRule(group: string, entry: string): HostRule {
  const port = /:([0-9]+)$/.exec(entry)?.[1];
  const host = port === undefined ? entry : entry.slice(0, -port.length - 1);
  return { group, host: host.replace(/^\*/, ''), ports: port === undefined ? WEB_PORTS : [Number(port)] };
}

function isMatch(rule: string, host: string): boolean {
  return rule.startsWith('.') ? host.endsWith(rule) && host.length > rule.length : host === rule;
}
