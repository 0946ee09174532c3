import { useStore } from 'zustand';
import type { LayerDocument } from '../../../schema/contract/policy.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { messages } from './messages.ts';
import type { PolicyStore } from './policy-store.ts';

const YOURS = '';

/** Which document is looked at: one's own, the one that comes along, those of workspaces. */
export function DocumentPicker({ policy }: { readonly policy: PolicyStore }) {
  const { documents, shown } = useStore(policy.store);
  const others = (documents ?? []).filter((one) => one.layer !== 'user' && one.exists);
  return (
    <Segmented
      label={messages.documents}
      value={shown ?? YOURS}
      options={[
        { value: YOURS, label: messages.yours },
        ...others.map((one) => ({ value: one.path, label: nameOf(one) })),
      ]}
      onChange={(path) => policy.show(path === YOURS ? undefined : path)}
    />
  );
}

function nameOf({ layer, workspace }: LayerDocument): string {
  return layer === 'default' ? messages.comesAlong : (workspace?.split('/').at(-1) ?? layer);
}
