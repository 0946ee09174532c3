import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join, normalize } from 'node:path';
import { translatedPage } from './page-language.ts';

export const APP_ORIGIN = 'app://cavern';

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
};

/** The policy of every page; `nonce` is fresh for each load (docs/security.md says what each exception is for). */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export interface RendererFiles {
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Reads what a window needs to paint, and loads what answers are made of. */
  warm(): Promise<void>;
  /** The tags of the languages that there are texts for, beside the one that the pages are written in. */
  languages(): Promise<readonly string[]>;
}

/** The renderer's files; those that a start needs are kept. */
export function rendererFiles(root: string): RendererFiles {
  const kept = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  const load = async (path: string): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await readFile(join(root, path)));
  return {
    read: (path) => kept.get(path) ?? load(path),
    async languages() {
      const names = await readdir(join(root, 'languages')).catch((): string[] => []);
      return names.filter((name) => extname(name) === '.js').map((name) => basename(name, '.js'));
    },
    async warm() {
      const page = load('/index.html');
      kept.set('/index.html', page);
      for (const [, path = ''] of text(await page).matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)) {
        kept.set(path, load(path));
      }
      await new Response(await page).arrayBuffer();
    },
  };
}

/** Serves the renderer's files and nothing else; a path that leaves the folder is not found. `language` is asked for each page. */
export function serveRenderer(
  files: Pick<RendererFiles, 'read'>,
  language: () => Promise<string>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const path = normalize(decodeURIComponent(url.pathname === '/' ? '/index.html' : url.pathname));
    if (url.host !== 'cavern' || path.includes('..') || request.method !== 'GET')
      return new Response(null, { status: 404 });
    const type = MEDIA_TYPES[extname(path)];
    if (type === undefined) return new Response(null, { status: 404 });
    try {
      const bytes = await files.read(path);
      const headers: Record<string, string> = { 'content-type': type, 'x-content-type-options': 'nosniff' };
      if (extname(path) !== '.html') return new Response(bytes, { headers });
      const nonce = randomBytes(16).toString('base64');
      headers['content-security-policy'] = contentSecurityPolicy(nonce);
      const page = translatedPage(text(bytes), await language());
      return new Response(page.replaceAll('__NONCE__', nonce), { headers });
    } catch {
      return new Response(null, { status: 404 });
    }
  };
}
