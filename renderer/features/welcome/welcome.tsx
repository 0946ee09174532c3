import { Folder, FolderOpen, Sparkles } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { TextField } from '../../ui/field.tsx';
import { CaveChoice } from './cave-choice.tsx';
import type { DoctorStore } from './doctor-store.ts';
import { messages } from './messages.ts';
import { SystemChecks } from './system-checks.tsx';
import './cave.css';
import './welcome.css';

/** The start page: choose a folder, see whether this machine is ready. */
export function Welcome({ doctor }: { readonly doctor: DoctorStore }) {
  const { settings } = useServices();
  const recent = useStore(settings.store, (state) => state.settings?.recentWorkspaces ?? NONE);
  useEffect(() => {
    if (doctor.store.getState().doctor?.ok !== true) void doctor.check();
  }, [doctor]);
  return (
    <main className="welcome">
      <div className="welcome-columns">
        <section className="welcome-open" aria-labelledby="open-title">
          <h1 id="open-title">{messages.title}</h1>
          <p className="muted">{messages.lead}</p>
          <OpenFolder />
          {recent.length === 0 ? <Sample /> : <RecentFolders paths={recent} />}
        </section>
        <SystemChecks doctor={doctor} />
      </div>
    </main>
  );
}

const NONE: readonly string[] = [];

function OpenFolder() {
  const { sessions, client, notices } = useServices();
  const { opening, openFailure } = useStore(sessions.store);
  const [path, setPath] = useState('');

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (path.trim() !== '') void sessions.create(path.trim());
  };
  const browse = async (): Promise<void> => {
    try {
      const picked = await client.window.pickFolder({});
      if (picked.path !== null) setPath(picked.path);
    } catch (thrown) {
      notices.fail(thrown);
    }
  };
  return (
    <form className="open-folder" onSubmit={submit}>
      <label className="field-label" htmlFor="folder-path">
        {messages.pathLabel}
      </label>
      <div className="open-folder-row">
        <TextField
          id="folder-path"
          className="mono"
          value={path}
          placeholder={messages.pathPlaceholder}
          autoFocus
          onChange={(event) => {
            setPath(event.target.value);
            sessions.clearOpenFailure();
          }}
        />
        <Button icon={FolderOpen} onClick={() => void browse()}>
          {messages.browse}
        </Button>
        <Button tone="primary" type="submit" busy={opening !== undefined} disabled={path.trim() === ''}>
          {messages.open}
        </Button>
      </div>
      <CaveChoice
        path={path.trim()}
        busy={opening !== undefined}
        onStart={(sandbox) => void sessions.create(path.trim(), { sandbox })}
      />
      {openFailure ? <FailureNotice failure={openFailure} /> : null}
    </form>
  );
}

/** For whoever has nothing at hand to try it on. */
function Sample() {
  const { sessions, client, notices } = useServices();
  const opening = useStore(sessions.store, (state) => state.opening);
  const open = async (): Promise<void> => {
    try {
      const { path } = await client.window.sampleFolder({});
      await sessions.create(path);
    } catch (thrown) {
      notices.fail(thrown);
    }
  };
  return (
    <div className="sample">
      <Button icon={Sparkles} disabled={opening !== undefined} onClick={() => void open()}>
        {messages.sample}
      </Button>
      <p className="muted">{messages.sampleText}</p>
    </div>
  );
}

function RecentFolders({ paths }: { readonly paths: readonly string[] }) {
  const { sessions } = useServices();
  return (
    <div className="recent">
      <h2>{messages.recent}</h2>
      <ul>
        {paths.map((path) => (
          <li key={path}>
            <button type="button" className="recent-row" onClick={() => void sessions.create(path)} title={path}>
              <Folder size={15} aria-hidden />
              <span className="recent-name truncate">{path.split('/').findLast((part) => part !== '') ?? path}</span>
              <span className="recent-path truncate mono">{path}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
