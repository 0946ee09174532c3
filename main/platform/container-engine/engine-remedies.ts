import { access, readFile } from 'node:fs/promises';

/** What to do, for the system that this is. Only what is to be copied stands in backticks: of alternatives the first. */
export interface EngineRemedies {
  readonly install: string;
  readonly start: string;
  readonly permit: string;
}

const PERMIT = 'Run `sudo usermod -aG docker "$USER"` and log in again.';

/** Reads which system this is. */
export async function engineRemedies(platform: NodeJS.Platform = process.platform): Promise<EngineRemedies> {
  if (platform === 'darwin') {
    return {
      install: 'Run `brew install --cask docker`, or for Podman: brew install podman && podman machine init --now.',
      start: 'Run `open -a Docker`, or for Podman: podman machine start.',
      permit: 'Allow the default socket in Docker Desktop: Settings, Advanced.',
    };
  }
  if (platform === 'win32') {
    return {
      install: 'Install Docker Desktop: `winget install Docker.DockerDesktop`.',
      start: 'Start Docker Desktop.',
      permit: 'Add this user to the group docker-users and log in again.',
    };
  }
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const usesSystemd = await access('/run/systemd/system').then(
    () => true,
    () => false,
  );
  return linuxRemedies(release, usesSystemd ? 'systemd' : 'none');
}

const INSTALL: readonly (readonly [RegExp, string])[] = [
  [/\b(?:debian|ubuntu)\b/, 'sudo apt-get install -y docker.io'],
  [/\b(?:fedora|rhel|centos)\b/, 'sudo dnf install -y podman'],
  [/\barch\b/, 'sudo pacman -S --needed docker'],
  [/\bsuse\b/, 'sudo zypper install -y docker'],
  [/\balpine\b/, 'sudo apk add docker'],
];

/** `release` is the text of /etc/os-release. */
export function linuxRemedies(release: string, services: 'systemd' | 'none'): EngineRemedies {
  const ids = release
    .split('\n')
    .filter((line) => /^ID(?:_LIKE)?=/.test(line))
    .join(' ');
  const install = INSTALL.find(([id]) => id.test(ids))?.[1];
  const start = services === 'systemd' ? 'sudo systemctl enable --now docker' : 'sudo dockerd --group docker &';
  return {
    install:
      install === undefined
        ? 'Install Docker or Podman with the package manager of this system.'
        : `Run \`${install} && ${install.includes('podman') ? 'systemctl --user enable --now podman.socket' : start}\`.`,
    start: `Run \`${start}\`, or for Podman: systemctl --user start podman.socket.`,
    permit: PERMIT,
  };
}
