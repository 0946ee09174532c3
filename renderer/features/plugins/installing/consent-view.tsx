import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { PluginInspection } from '../../../../schema/contract/plugin.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { messages } from '../messages.ts';
import { pluginWords } from '../plugin-words.ts';
import type { InstallStore, UpdateRound } from './install-store.ts';
import { RoundActions } from './round-actions.tsx';
import { PackageContents } from './package-contents.tsx';

export interface ConsentViewProps {
  readonly inspection: PluginInspection;
  readonly busy: boolean;
  /** That it is one of. */
  readonly round: UpdateRound | undefined;
  readonly installs: InstallStore;
}

/** What somebody agrees to: what it may do, who made it, what is in it. */
export function ConsentView({ inspection, busy, round, installs }: ConsentViewProps) {
  const { description, publisher, license, signer, tools } = inspection;
  const agree = agreeLabel(inspection);
  const question = inspection.added.length === 0 ? messages.mayDo : messages.whatIsNew;
  return (
    <>
      {/* It may be longer than the dialog; whoever has no mouse scrolls it with the arrow keys. */}
      <div className="consent" tabIndex={0} role="group" aria-label={messages.contents}>
        <p className="selectable">{description}</p>
        <section className="consent-part" aria-label={question}>
          <h3>{question}</h3>
          <MayDo inspection={inspection} />
          <p className="muted">{messages.mayDoNote}</p>
        </section>
        <section className="consent-part" aria-label={messages.who}>
          <h3>{messages.who}</h3>
          {signer === null ? (
            <p className="consent-who" data-tone="warn">
              <ShieldAlert size={16} aria-hidden /> {messages.unsignedWarning(publisher)}
            </p>
          ) : (
            <p className="consent-who" data-tone="good">
              <ShieldCheck size={16} aria-hidden /> {messages.signedTrusted(signer)}
            </p>
          )}
          <p className="muted">{messages.licenseOf(license)}</p>
        </section>
        <section className="consent-part" aria-label={messages.tools}>
          <h3>{messages.tools}</h3>
          <ul className="consent-tools">
            {tools.map((tool) => (
              <li key={tool.name}>
                <span className="mono">{tool.name}</span>
                <span className="muted">{tool.description}</span>
                {tool.effects.map((effect) => (
                  <Badge key={effect} tone={effect === 'read' ? 'neutral' : 'warn'}>
                    {messages.effects[effect] ?? effect}
                  </Badge>
                ))}
              </li>
            ))}
          </ul>
        </section>
        {inspection.start === undefined ? null : <ServerStart start={inspection.start} />}
        <PackageContents inspection={inspection} />
      </div>
      <div className="dialog-actions">
        {round === undefined ? null : <RoundActions round={round} installs={installs} busy={busy} />}
        {round === undefined ? (
          <Button autoFocus onClick={() => installs.close()} disabled={busy}>
            {messages.cancel}
          </Button>
        ) : null}
        <Button tone="primary" busy={busy} onClick={() => void installs.agree()}>
          {agree}
        </Button>
      </div>
    </>
  );
}

/** What an MCP server is told by the manifest, and where the operator's settings come in. */
function ServerStart({ start: { command, env } }: { readonly start: NonNullable<PluginInspection['start']> }) {
  const lines = [command.join(' '), ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  return (
    <section className="consent-part" aria-label={messages.started}>
      <h3>{messages.started}</h3>
      <ul className="consent-start">
        {lines.map((line) => (
          <li key={line} className="mono selectable">
            {line}
          </li>
        ))}
      </ul>
      {lines.some((line) => line.includes('${settings.')) ? <p className="muted">{messages.startedNote}</p> : null}
    </section>
  );
}

function agreeLabel({ installed, step, needsConsent }: PluginInspection): string {
  if (installed === null) return messages.agree;
  if (step !== 'newer') return needsConsent ? messages.agree : messages.installAgain;
  return needsConsent ? messages.agreeUpdate : messages.updateOnly;
}

/** Of an update, what was not agreed to comes first. */
function MayDo({ inspection: { mayDo, added, kept, installed, needsConsent } }: Pick<ConsentViewProps, 'inspection'>) {
  if (installed !== null && needsConsent) {
    return (
      <>
        <p className="consent-more">{messages.asksMore}</p>
        <ul className="consent-may">
          {added.map((sentence) => (
            <li key={sentence} data-new>
              <Badge tone="warn">{messages.changedHere}</Badge> {pluginWords(sentence)}
            </li>
          ))}
          {kept.map((sentence) => (
            <li key={sentence}>
              <Badge>{messages.asBefore}</Badge> {pluginWords(sentence)}
            </li>
          ))}
        </ul>
      </>
    );
  }
  return (
    <>
      {installed === null ? null : <p>{messages.asksSame}</p>}
      {mayDo.length === 0 ? (
        <p>{messages.mayDoNothing}</p>
      ) : (
        <ul className="may-do">
          {mayDo.map((sentence) => (
            <li key={sentence}>{pluginWords(sentence)}</li>
          ))}
        </ul>
      )}
    </>
  );
}
