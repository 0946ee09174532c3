import { expect, it } from 'vitest';
import type { PluginCapability } from '../../../schema/plugin-manifest.ts';
import { sandboxGrants } from './sandbox-grants.ts';

const read = (...paths: string[]): PluginCapability => ({ name: 'workspace.read', paths });
const write = (...paths: string[]): PluginCapability => ({ name: 'workspace.write', paths });

it.each<[string, PluginCapability[], 'write' | 'read' | 'none']>([
  ['nothing', [], 'none'],
  ['to read all', [read('**')], 'read'],
  ['to read all among other things', [read('src/**', '**')], 'read'],
  ['to read and write all', [read('**'), write('**')], 'write'],
  ['to write a part of what it reads', [read('**'), write('out/**')], 'read'],
  ['to read a part', [read('src/**')], 'none'],
  ['to write what it may not read', [read('src/**'), write('**')], 'none'],
  ['to read no place', [{ name: 'workspace.read' }], 'none'],
])('a plugin that is granted %s sees of the workspace what a mount can hold to', (_, capabilities, workspace) => {
  expect(sandboxGrants(capabilities)).toEqual({ hosts: [], workspace, operator: 'untold' });
});

it('hosts and the operator’s name are there for who was granted them', () => {
  const capabilities: PluginCapability[] = [
    { name: 'network.connect', hosts: ['npm'] },
    { name: 'network.connect', hosts: ['pypi'] },
    { name: 'operator.identity' },
  ];
  expect(sandboxGrants(capabilities)).toEqual({ hosts: ['npm', 'pypi'], workspace: 'none', operator: 'told' });
});
