/** Root inside would be root outside: a root operator's sandboxes run as the first ordinary user. */
const UNPRIVILEGED_ID = 1000;

/** Who sandboxes run as. */
export function sandboxUser(): { uid: number; gid: number } {
  const uid = process.getuid?.() ?? UNPRIVILEGED_ID;
  const gid = process.getgid?.() ?? UNPRIVILEGED_ID;
  return uid === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : { uid, gid };
}
