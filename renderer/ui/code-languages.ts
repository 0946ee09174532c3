import { type LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

type Load = () => Promise<Extension>;

const legacy = (parser: StreamParser<unknown>): Extension => StreamLanguage.define(parser);
const javascript = (options: { jsx?: boolean; typescript?: boolean }): Load => {
  return async (): Promise<LanguageSupport> => (await import('@codemirror/lang-javascript')).javascript(options);
};
const css: Load = async () => (await import('@codemirror/lang-css')).css();
const html: Load = async () => (await import('@codemirror/lang-html')).html();
const json: Load = async () => (await import('@codemirror/lang-json')).json();
const markdown: Load = async () => (await import('@codemirror/lang-markdown')).markdown();
const python: Load = async () => (await import('@codemirror/lang-python')).python();
const yaml: Load = async () => (await import('@codemirror/lang-yaml')).yaml();
const c: Load = async () => legacy((await import('@codemirror/legacy-modes/mode/clike')).c);
const cpp: Load = async () => legacy((await import('@codemirror/legacy-modes/mode/clike')).cpp);
const java: Load = async () => legacy((await import('@codemirror/legacy-modes/mode/clike')).java);
const dockerfile: Load = async () => legacy((await import('@codemirror/legacy-modes/mode/dockerfile')).dockerFile);
const go: Load = async () => legacy((await import('@codemirror/legacy-modes/mode/go')).go);
const ruby: Load = async () => legacy((await import('@codemirror/legacy-modes/mode/ruby')).ruby);
const rust: Load = async () => legacy((await import('@codemirror/legacy-modes/mode/rust')).rust);
const shell: Load = async () => legacy((await import('@codemirror/legacy-modes/mode/shell')).shell);
const toml: Load = async () => legacy((await import('@codemirror/legacy-modes/mode/toml')).toml);

const BY_EXTENSION: Readonly<Record<string, Load>> = {
  js: javascript({ jsx: true }),
  mjs: javascript({}),
  cjs: javascript({}),
  jsx: javascript({ jsx: true }),
  ts: javascript({ typescript: true }),
  mts: javascript({ typescript: true }),
  cts: javascript({ typescript: true }),
  tsx: javascript({ typescript: true, jsx: true }),
  css,
  html,
  htm: html,
  svg: html,
  xml: html,
  json,
  jsonc: json,
  md: markdown,
  py: python,
  yaml,
  yml: yaml,
  c,
  h: c,
  cc: cpp,
  cpp,
  hpp: cpp,
  java,
  go,
  rb: ruby,
  rs: rust,
  sh: shell,
  bash: shell,
  toml,
};

/** Syntax colours for a path, loaded when first needed; nothing where the language is not known. */
export async function languageOf(path: string): Promise<Extension> {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (name === 'dockerfile') return dockerfile();
  const load = BY_EXTENSION[name.slice(name.lastIndexOf('.') + 1)];
  return load === undefined ? [] : load();
}
