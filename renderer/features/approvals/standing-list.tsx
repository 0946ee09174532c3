import { KeyRound, ShieldCheck } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Grant } from '../../../schema/contract/approval.ts';
import type { TokenView } from '../../../schema/contract/policy.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { useNow } from '../../app/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatClock, formatElapsed } from '../../ui/format.ts';
import { whoOf } from './approval-card.tsx';
import type { ApprovalsStore } from './approvals-store.ts';
import { messages } from './messages.ts';

const RENEW_MS = 2000;
const SOON_MS = 60_000;

type NameOf = (session: SessionId | undefined) => string | undefined;

interface StandingProps {
  readonly approvals: ApprovalsStore;
  readonly nameOf: NameOf;
}

/** The answers that stand: what happens without asking again, until when, and how to end it. */
export function GrantList({ approvals: store, nameOf }: StandingProps) {
  const grants = useStore(store.store, (state) => state.grants);
  if (grants.length === 0) {
    return (
      <EmptyState icon={ShieldCheck} title={messages.noGrants}>
        {messages.noGrantsText}
      </EmptyState>
    );
  }
  return (
    <ul className="standing-list">
      {grants.map((grant) => (
        <li key={grant.id} className="grant">
          <div className="grant-what">
            <span className="mono">{grant.syscall}</span>
            <span className="muted">{reachOf(grant, nameOf)}</span>
          </div>
          <span className="muted truncate grow">
            {messages.grantRule(grant.rule, whoOf(grant.actor))} · {messages.uses(grant.uses)}
          </span>
          <Ends at={grant.expiresAt} />
          <Button size="small" onClick={() => void store.revoke(grant.id)}>
            {messages.revoke}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function reachOf({ scope, pathGlob, session }: Grant, nameOf: NameOf): string {
  const where = nameOf(session) ?? session ?? messages.noSession;
  return scope === 'pattern' ? messages.reachPattern(pathGlob ?? '', where) : messages.reach(where);
}

/** Capability tokens that are worth something now. */
export function TokenList({ approvals: store, nameOf }: StandingProps) {
  const tokens = useStore(store.store, (state) => state.tokens);
  useEffect(() => {
    void store.loadTokens();
    const timer = setInterval(() => void store.loadTokens(), RENEW_MS);
    return () => clearInterval(timer);
  }, [store]);
  if (tokens.length === 0) {
    return (
      <EmptyState icon={KeyRound} title={messages.noTokens}>
        {messages.noTokensText}
      </EmptyState>
    );
  }
  return (
    <ul className="standing-list">
      {tokens.map((token) => (
        <TokenRow key={token.token} token={token} nameOf={nameOf} onRevoke={() => void store.revokeToken(token)} />
      ))}
    </ul>
  );
}

interface TokenRowProps {
  readonly token: TokenView;
  readonly nameOf: NameOf;
  readonly onRevoke: () => void;
}

function TokenRow({ token, nameOf, onRevoke }: TokenRowProps) {
  const { syscall, pathGlobs, session, containerId, peerPid, opsLeft, maxOps, endsAt } = token;
  return (
    <li className="grant" data-token={token.token}>
      <div className="grant-what">
        <span className="mono">{syscall}</span>
        <span className="muted mono">{pathGlobs.length === 0 ? messages.noPaths : pathGlobs.join(', ')}</span>
      </div>
      <span className="muted truncate grow" title={containerId}>
        {messages.tokenOf(nameOf(session) ?? containerId.slice(0, 12), peerPid)} · {messages.ops(opsLeft, maxOps)}
      </span>
      <Ends at={endsAt} />
      <Button size="small" onClick={onRevoke}>
        {messages.revoke}
      </Button>
    </li>
  );
}

function Ends({ at }: { readonly at: number }) {
  const now = useNow(1000);
  const leftMs = Math.max(0, at - now);
  const text =
    leftMs < SOON_MS
      ? messages.endsIn(formatElapsed(Math.ceil(leftMs / 1000) * 1000))
      : messages.endsAt(formatClock(at).slice(0, 5));
  return <span className="grant-ends">{text}</span>;
}
