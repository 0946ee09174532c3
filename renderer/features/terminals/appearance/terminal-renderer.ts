import type { Terminal } from '@xterm/xterm';

/** Renderer names of a GPU that is emulated on the processor: there the DOM renderer is many times faster. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let hardware: boolean | undefined;

/** Whether this machine draws with a real GPU. Asked once. */
export function hasHardwareGpu(): boolean {
  hardware ??= detectHardwareGpu();
  return hardware;
}

function detectHardwareGpu(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (gl === null) return false;
  const extension = gl.getExtension('WEBGL_debug_renderer_info');
  const name = extension === null ? '' : String(gl.getParameter(extension.UNMASKED_RENDERER_WEBGL));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return name !== '' && !SOFTWARE.test(name);
}

/** Draws with the GPU until it is disposed of or the GPU takes its context back; then the DOM renderer goes on. */
export async function drawWithGpu(terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { WebglAddon } = await import('@xterm/addon-webgl');
  if (signal.aborted) return;
  const addon = new WebglAddon();
  addon.onContextLoss(() => addon.dispose());
  terminal.loadAddon(addon);
  signal.addEventListener('abort', () => addon.dispose(), { once: true });
}
