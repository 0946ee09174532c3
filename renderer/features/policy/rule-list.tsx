import { TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { RuleSentence } from '../../../schema/contract/policy.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { FilterField } from '../../ui/field.tsx';
import { messages } from './messages.ts';
import type { PolicyStore } from './policy-store.ts';

const SHOWN = 300;

export const ACTION_TONES: Readonly<Record<RuleSentence['action'], Tone>> = {
  allow: 'good',
  deny: 'bad',
  require_review: 'review',
  pass: 'neutral',
  flag: 'warn',
};

export interface RuleListProps {
  readonly policy: PolicyStore;
  /** The line of the editor's cursor. */
  readonly line: number;
  readonly onShow: (line: number) => void;
}

/** The rules as sentences, in the order of the document; the one with the cursor is marked. */
export function RuleList({ policy, line, onShow }: RuleListProps) {
  const { sentences, closing, sentencesStale } = useStore(policy.store);
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const matching = useMemo(
    () => sentences.filter((rule) => `${rule.name} ${rule.sentence}`.toLowerCase().includes(wanted)),
    [sentences, wanted],
  );
  const current = sentencesStale ? undefined : sentences.findLast((rule) => rule.line <= line)?.name;
  return (
    <section className="policy-side-scroll" aria-label={messages.sides.rules}>
      <div className="policy-side-tools">
        <FilterField label={messages.filterRules} value={filter} onChange={setFilter} />
      </div>
      {sentencesStale ? (
        <p className="policy-stale">{sentences.length === 0 ? messages.noSentences : messages.staleSentences}</p>
      ) : null}
      <ol className="rule-list">
        {matching.slice(0, SHOWN).map((rule) => (
          <li key={rule.name}>
            <button
              type="button"
              className="rule-item"
              aria-current={rule.name === current ? 'true' : undefined}
              onClick={() => onShow(rule.line)}
            >
              <RuleHead rule={rule} />
              <span className="rule-sentence">{rule.sentence}</span>
              {rule.reason === undefined ? null : <span className="rule-reason">“{rule.reason}”</span>}
              {rule.warnings.map((warning) => (
                <span key={warning} className="rule-warning">
                  <TriangleAlert size={13} aria-hidden /> {warning}
                </span>
              ))}
            </button>
          </li>
        ))}
      </ol>
      {matching.length > SHOWN ? <p className="policy-note">{messages.moreRules(matching.length - SHOWN)}</p> : null}
      {wanted === '' && closing !== '' ? <p className="policy-note">{closing}</p> : null}
      <ExtensionRules policy={policy} />
    </section>
  );
}

function RuleHead({ rule }: { readonly rule: RuleSentence }) {
  return (
    <span className="rule-head">
      <span className="rule-name mono truncate">{rule.name}</span>
      <Badge tone={ACTION_TONES[rule.action]}>{messages.actions[rule.action]}</Badge>
    </span>
  );
}

/** The operator's rules in TypeScript, which are asked after those of the document. */
function ExtensionRules({ policy }: { readonly policy: PolicyStore }) {
  const extensions = useStore(policy.store, (state) => state.extensions);
  if (extensions === undefined || (extensions.state === 'none' && extensions.problem === null)) return null;
  const { rules, state, problem, folder } = extensions;
  return (
    <section className="extension-rules" data-state={state}>
      <h2 className="policy-heading">
        {messages.extensions}
        <Badge tone={state === 'ready' ? 'good' : 'bad'}>{messages.extensionStates[state]}</Badge>
      </h2>
      <p className="policy-note">{messages.extensionsText(folder)}</p>
      {rules.length === 0 ? null : <p className="mono">{rules.join(', ')}</p>}
      {problem === null ? null : <p className="policy-stale">{problem}</p>}
    </section>
  );
}
