import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';

const ELF = '\x7fELF';
const SCRIPT = '#!';
/** The processor, in the header of a program (elf.h, `e_machine`). */
const MACHINE_AT = 18;
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** Why a file cannot be run by itself; undefined where it can. What Linux refuses, the C library would hand to a shell. */
export async function programProblem(file: string): Promise<string | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return 'its entry is not there';
  await using program = handle;
  const { buffer } = await program.read(Buffer.alloc(MACHINE_AT + 2), 0, MACHINE_AT + 2, 0);
  const begins = buffer.toString('latin1');
  const isOwn = begins.startsWith(ELF) && buffer.readUInt16LE(MACHINE_AT) === MACHINES[process.arch];
  if (!isOwn && !begins.startsWith(SCRIPT)) return `its entry is no program for Linux on ${process.arch}`;
  const isExecutable = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  return isExecutable ? undefined : 'its entry may not be run (chmod +x)';
}
