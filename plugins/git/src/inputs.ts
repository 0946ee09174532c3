import { WorkspacePath, workspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type from 'typebox';

/** Fields that several tools share. */
export const repositoryField = workspacePath({ default: '.', description: 'A folder of the repository' });
export const refField = (description: string) => Type.String({ minLength: 1, maxLength: 500, description });
export const pathsField = Type.Array(WorkspacePath, { minItems: 1, maxItems: 10_000 });
export const strict = { additionalProperties: false } as const;
