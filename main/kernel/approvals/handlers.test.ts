import { expect, it } from 'vitest';
import type { ReviewNotice } from '../../../schema/contract/contract.ts';
import type { ApprovalId } from '../../../schema/entities.ts';
import { VirtualClock } from '../../base/clock.ts';
import type { CallContext } from '../dispatch/context.ts';
import { Approvals } from './approvals.ts';
import { approvalHandlers } from './handlers.ts';

const AGENT = { actor: 'agent:one', tags: ['agent'], containerId: '', peerPid: 1 };
const OTHER = { ...AGENT, actor: 'agent:two' };
const KEY = { ...AGENT, actor: 'key:k3v9xw2m', tags: ['admin_key'], scope: { kind: 'admin' } };
const OPERATOR = { ...AGENT, actor: 'operator', tags: ['operator'] };

function questions() {
  const answers: unknown[] = [];
  const audit = {
    append: async ({ type, actor }: { type: string; actor: string }) => void answers.push([type, actor]),
  };
  const approvals = new Approvals({ clock: new VirtualClock(), audit, timeoutMs: () => 60_000 });
  const { decide } = approvalHandlers(approvals);
  const ask = async (caller: typeof AGENT): Promise<ApprovalId> => {
    const decision = { decision: 'require_review', via: 'rule', reasons: ['a person looks'] } as const;
    const asked = new Promise<ApprovalId>((resolve) => {
      void approvals.ask({
        act: 'act1',
        caller,
        session: 's1',
        subjects: [{ syscall: 'merge.apply' }],
        summary: '',
        decision,
        signal: new AbortController().signal,
        onAsked: ({ approval }: ReviewNotice) => resolve(approval),
      } as unknown as Parameters<Approvals['ask']>[0]); // what the gate makes; ids are not looked at
    });
    return asked;
  };
  const answer = (caller: typeof AGENT, approval: ApprovalId, said: 'once' | 'session' | 'deny') =>
    // Nothing else of the context is used.
    decide({ approval, answer: said }, { caller } as unknown as CallContext);
  return { approvals, answers, ask, answer };
}

it('an agent hands on the answer to its own question, recorded as its own', async () => {
  const { ask, answer, answers } = questions();
  await answer(AGENT, await ask(AGENT), 'once');
  expect(answers).toEqual([
    ['approval_asked', 'agent:one'],
    ['approval_answered', 'agent:one'],
  ]);
});

it('an agent that answers the question of another one, or of the operator, finds none', async () => {
  const { ask, answer, approvals } = questions();
  const ids = [await ask(OTHER), await ask(OPERATOR)];
  for (const id of ids) await expect(answer(AGENT, id, 'once')).rejects.toMatchObject({ code: 'not_found' });
  expect(approvals.picture().approvals.map(({ id }) => id)).toEqual(ids);
});

it('an agent that would answer for the rest of the session is refused', async () => {
  const { ask, answer } = questions();
  const id = await ask(AGENT);
  await expect(answer(AGENT, id, 'session')).rejects.toMatchObject({ code: 'not_grantable' });
  await answer(OPERATOR, id, 'deny');
});

it('a key does not say yes to what it asked itself, only to what others ask', async () => {
  const { ask, answer, answers } = questions();
  const [own, other, mine] = [await ask(KEY), await ask(AGENT), await ask(KEY)];
  for (const said of ['once', 'session'] as const) {
    await expect(answer(KEY, own, said)).rejects.toMatchObject({ code: 'denied' });
  }
  answers.length = 0;
  await answer(KEY, mine, 'deny');
  await answer(KEY, other, 'once');
  expect(answers).toEqual([
    ['approval_answered', 'key:k3v9xw2m'],
    ['approval_answered', 'key:k3v9xw2m'],
  ]);
  await answer(OPERATOR, own, 'once');
});
