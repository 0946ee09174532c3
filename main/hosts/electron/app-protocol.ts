import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join, normalize } from 'node:path';
import type { ProtocolRequest, ProtocolResponse } from 'electron';
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

export interface RendererFiles {
  read(path: string): Promise<Buffer>;
  /** Reads what a window needs to paint. */
  warm(): Promise<void>;
  /** The tags of the languages that there are texts for, beside the one that the pages are written in. */
  languages(): Promise<readonly string[]>;
}

/** The renderer's files; those that a start needs are kept. */
export function rendererFiles(root: string): RendererFiles {
  const kept = new Map<string, Promise<Buffer>>();
  const load = (path: string): Promise<Buffer> => readFile(join(root, path));
  return {
    read: (path) => kept.get(path) ?? load(path),
    async languages() {
      const names = await readdir(join(root, 'languages')).catch((): string[] => []);
      return names.filter((name) => extname(name) === '.js').map((name) => basename(name, '.js'));
    },
    async warm() {
      const page = load('/index.html');
      kept.set('/index.html', page);
      for (const [, path = ''] of (await page).toString().matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)) {
        kept.set(path, load(path));
      }
    },
  };
}

const NOT_FOUND: ProtocolResponse = { statusCode: 404, data: Buffer.alloc(0) };

/** A page with the headers that every page of ours has; `nonce` is the one in its text. */
export function pageAnswer(html: string, nonce: string): ProtocolResponse {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': contentSecurityPolicy(nonce),
  };
  return { statusCode: 200, headers, data: Buffer.from(html) };
}

/** A worker has the policy that its file came with, and not the page's: ours reach nothing and load nothing. For all other files it means nothing. */
function fileHeaders(type: string): Record<string, string> {
  return {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
  };
}

/** Serves the renderer's files and nothing else; a path that leaves the folder is not found. `language` is asked for each page. */
export function serveRenderer(
  files: Pick<RendererFiles, 'read'>,
  language: () => Promise<string>,
): (request: Pick<ProtocolRequest, 'url' | 'method'>) => Promise<ProtocolResponse> {
  return async ({ url, method }) => {
    try {
      const { host, pathname } = new URL(url);
      const path = normalize(decodeURIComponent(pathname === '/' ? '/index.html' : pathname));
      const type = MEDIA_TYPES[extname(path)];
      if (host !== 'cavern' || path.includes('..') || method !== 'GET' || type === undefined) return NOT_FOUND;
      const bytes = await files.read(path);
      if (extname(path) !== '.html') {
        return { statusCode: 200, headers: fileHeaders(type), data: bytes };
      }
      const nonce = randomBytes(16).toString('base64');
      const page = translatedPage(bytes.toString(), await language());
      return pageAnswer(page.replaceAll('__NONCE__', nonce), nonce);
    } catch {
      return NOT_FOUND;
    }
  };
}
