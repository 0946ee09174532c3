/** What a unit starts, and where it finds its state. */
export interface UnitOptions {
  /** The executable and the arguments that make it this program. */
  readonly program: readonly [string, ...string[]];
  /** Of `cavern serve`. */
  readonly args: readonly string[];
  readonly version: string;
}

/** A word of a command line in a unit (systemd.service(5)): `%` and `$` mean themselves. */
function word(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
}

/**
 * The systemd user unit of the kernel without a window. It says itself when it serves, is started again when it fails, and
 * its log is the journal's. Podman without root needs programs that take rights, so the unit does not forbid them.
 */
export function serviceUnit({ program, args, version }: UnitOptions): string {
  return `# Written by "cavern service install" (Cavern ${version}); the next one writes it anew.
[Unit]
Description=Cavern: tools, terminals and agents in sandboxes
Documentation=man:cavern(1)
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=notify
ExecStart=${[...program, 'serve', '--log', 'journal', ...args].map(word).join(' ')}
Restart=on-failure
RestartSec=2
RestartPreventExitStatus=2
TimeoutStopSec=60
UMask=0077

[Install]
WantedBy=default.target
`;
}
