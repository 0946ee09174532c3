import { basename } from 'node:path';
import type { FilePosition } from '../../kernel/editor/ports.ts';

/** How editors are told of a line, by the names of their programs. */
const FORMS: readonly [names: RegExp, form: (file: string, at: Required<FilePosition>) => readonly string[]][] = [
  [
    /^(code|code-insiders|codium|cursor|windsurf)$/,
    (file, { line, column }) => ['--goto', `${file}:${line}:${column}`],
  ],
  [/^(subl|zed|zeditor|lapce)$/, (file, { line, column }) => [`${file}:${line}:${column}`]],
  [
    /^(g?vim|mvim|emacs|emacsclient|gedit|gnome-text-editor|mousepad|xed|pluma)$/,
    (file, { line }) => [`+${line}`, file],
  ],
  [/^kate$/, (file, { line, column }) => ['--line', `${line}`, '--column', `${column}`, file]],
  [
    /^(idea|webstorm|pycharm|clion|goland|rubymine|phpstorm|rider)(64)?(\.sh)?$/,
    (file, { line, column }) => ['--line', `${line}`, '--column', `${column}`, file],
  ],
];

/**
 * The arguments that open a file at a line. Words that the command holds, `{file}`, `{line}` and `{column}`, are filled in; a program that is
 * known is told its own way; of any other the file is the last argument, and the line is left to the person.
 */
export function editorArguments(
  [program = '', ...args]: readonly string[],
  file: string,
  position: FilePosition | undefined,
): readonly string[] {
  const at = { line: position?.line ?? 1, column: position?.column ?? 1 };
  if (args.some((arg) => arg.includes('{file}'))) {
    const fill = (arg: string): string =>
      arg
        .replaceAll('{line}', `${at.line}`)
        .replaceAll('{column}', `${at.column}`)
        .replaceAll('{file}', () => file);
    return args.map(fill);
  }
  const [, form] = FORMS.find(([names]) => names.test(basename(program))) ?? [];
  return [...args, ...(position === undefined || form === undefined ? [file] : form(file, at))];
}
