import Type, { type Static } from 'typebox';
import { ProfileName } from './entities.ts';

export const Size = (about: string) =>
  Type.String({ pattern: '^[0-9]+(\\.[0-9]+)?([kMG]B|[KMG]iB)?$', description: `${about}; a size such as 512MiB` });
export const Time = (about: string) =>
  Type.String({ pattern: '^[0-9]+(\\.[0-9]+)?(ms|s|m|h)$', description: `${about}; a time such as 300s` });

/** A sandbox profile as it is written in `profiles/<name>.yaml`. What every sandbox has is not here: it cannot be configured. */
export const ProfileDocument = Type.Object(
  {
    name: ProfileName,
    about: Type.String({ minLength: 1, maxLength: 200 }),
    image: Type.String({ minLength: 1, maxLength: 255 }),
    network: Type.Union([Type.Literal('none'), Type.Literal('restricted')], {
      description: "Both have no interface but loopback; restricted is offered the kernel's proxy",
    }),
    memory: Size('Of all processes and temporary files together; there is no swap beside it'),
    cpus: Type.Number({ exclusiveMinimum: 0, maximum: 1024 }),
    pids: Type.Integer({ minimum: 8, maximum: 1_000_000, description: 'Processes and threads' }),
    openFiles: Type.Integer({ minimum: 64, maximum: 1_048_576, description: 'Of one process' }),
    disk: Size("What may be written to the workspace's layer in all"),
    fileSize: Size('The largest single file'),
    tmp: Size('/tmp, in memory'),
    home: Size('The home folder, in memory'),
    cache: Type.Optional(Size('What package managers may keep for all sandboxes of a folder; absent: nothing')),
    timeLimit: Type.Optional(Time('The sandbox is ended after this')),
    idleLimit: Type.Optional(Time('The sandbox is ended when nothing used it for this long')),
    callTimeLimit: Type.Optional(Time('One call is ended after this')),
    seccomp: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$', description: 'A file of profiles/seccomp' }),
  },
  { additionalProperties: false },
);
export type ProfileDocument = Static<typeof ProfileDocument>;

const Name = Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' });
const SocketFamily = Type.Union([
  Type.Literal('unix'),
  Type.Literal('inet'),
  Type.Literal('inet6'),
  Type.Literal('netlink'),
]);
export type SocketFamily = Static<typeof SocketFamily>;

/** A list of system calls as it is written in `profiles/seccomp/<name>.yaml`. Everything that is not allowed is refused. */
export const SeccompDocument = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' }),
    about: Type.String({ minLength: 1, maxLength: 200 }),
    extends: Type.Optional(Type.String({ description: 'The document whose keys hold where this one has none' })),
    allow: Type.Optional(Type.Record(Type.String(), Type.Array(Type.Array(Name)))),
    deny: Type.Optional(Type.Array(Name, { description: 'Taken out of what the extended document allows' })),
    socketFamilies: Type.Optional(Type.Array(SocketFamily)),
    processes: Type.Optional(Type.Union([Type.Literal('any'), Type.Literal('threads')])),
    personalities: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 0xffff_ffff }))),
    absent: Type.Optional(Type.Array(Name, { description: 'Refused with ENOSYS' })),
  },
  { additionalProperties: false },
);
export type SeccompDocument = Static<typeof SeccompDocument>;
