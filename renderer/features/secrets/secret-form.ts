import { SECRET_ORIGIN, type SecretForm } from '../../../schema/contract/secret.ts';

export type SecretKind = SecretForm['kind'];

/** What was chosen and typed, as the kernel takes it; undefined where it would not. */
export function formOf(kind: SecretKind, typed: string): SecretForm | undefined {
  const place = typed.trim();
  switch (kind) {
    case 'variable':
      return /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(place) ? { kind, variable: place } : undefined;
    case 'file':
      return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(place) ? { kind, file: place } : undefined;
    case 'header': {
      const origin = place.replace(/\/$/, '');
      return SECRET_ORIGIN.test(origin) ? { kind, origin } : undefined;
    }
  }
}

/** True for what the kernel takes as a secret's name. */
export function isSecretName(text: string): boolean {
  return /^[a-z][a-z0-9_-]{0,31}$/.test(text);
}
