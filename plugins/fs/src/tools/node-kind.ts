import Type from 'typebox';

export const NodeKind = Type.Union([
  Type.Literal('file'),
  Type.Literal('directory'),
  Type.Literal('symlink'),
  Type.Literal('other'),
]);
