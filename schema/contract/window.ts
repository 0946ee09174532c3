import Type from 'typebox';
import { area, call } from './contract.ts';

/** What only a host with a screen can do. The other hosts answer `no_window`. */
export const windowArea = area('window', {
  pickFolder: call({
    about: 'Ask the operator for a folder',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ path: Type.Union([Type.String(), Type.Null()]) }),
    faults: ['no_window'],
  }),
  pickPackage: call({
    about: 'Ask the operator for a packed plugin',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ path: Type.Union([Type.String(), Type.Null()]) }),
    faults: ['no_window'],
  }),
  openExternal: call({
    about: 'Open a web address in the operator’s browser',
    effect: 'write',
    input: Type.Object({ url: Type.String({ pattern: '^https?://' }) }),
    output: Type.Object({}),
    faults: ['no_window'],
  }),
});
