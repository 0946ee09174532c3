import { Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { LayerDocument } from '../../../schema/contract/policy.ts';
import { Button } from '../../ui/button.tsx';
import { messages } from './messages.ts';
import { draftIsBehind, type PolicyStore, shownDocument } from './policy-store.ts';

/** What one has to know of the document before reading it: that it is broken, cannot be edited here, or was changed meanwhile. */
export function DocumentBanner({ policy }: { readonly policy: PolicyStore }) {
  const state = useStore(policy.store);
  const document = shownDocument(state);
  if (document === undefined) return null;
  if (state.shown === undefined && draftIsBehind(state)) {
    return (
      <Banner tone="warn" text={messages.behind}>
        <Button size="small" onClick={() => policy.discard()}>
          {messages.takeTheirs}
        </Button>
        <Button size="small" onClick={() => policy.keepDraft()}>
          {messages.keepMine}
        </Button>
      </Banner>
    );
  }
  if (document.errors.length > 0) {
    return <Banner tone="bad" text={state.loaded === false ? messages.brokenNothing : messages.brokenLastValid} />;
  }
  const text = infoText(document, state.shown === undefined);
  return text === undefined ? null : <Banner tone="neutral" text={text} />;
}

function infoText({ layer, path, inForce }: LayerDocument, isYours: boolean): string | undefined {
  if (isYours) return layer === 'user' ? undefined : messages.notYours;
  if (layer === 'workspace') return messages.readOnlyWorkspace(path);
  return inForce ? messages.readOnlyDefault : messages.replacedDefault;
}

interface BannerProps {
  readonly tone: 'neutral' | 'warn' | 'bad';
  readonly text: string;
  readonly children?: ReactNode;
}

function Banner({ tone, text, children }: BannerProps) {
  const Icon = tone === 'neutral' ? Info : TriangleAlert;
  return (
    <div className="policy-banner" role={tone === 'bad' ? 'alert' : 'status'} data-tone={tone}>
      <Icon size={14} aria-hidden />
      <span className="grow">{text}</span>
      {children}
    </div>
  );
}
