import Type from 'typebox';

/** Relative to the workspace, POSIX separators. Tools mark their paths with this format, so that the policy judges them. */
export const RelativePath = Type.String({
  minLength: 1,
  maxLength: 4096,
  format: 'workspace-path',
  description: 'A path inside the workspace',
  examples: ['src/index.ts'],
});
