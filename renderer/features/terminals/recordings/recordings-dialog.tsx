import { Play, Square } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { TerminalRecording } from '../../../../schema/contract/terminal-recording.ts';
import { useServices } from '../../../app/services.tsx';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { formatBytes, formatMoment } from '../../../ui/format.ts';
import { Modal } from '../../../ui/modal.tsx';
import type { TerminalLook } from '../appearance/terminal-look.ts';
import { messages } from '../messages.ts';
import { ReplayPane } from './replay-pane.tsx';
import './recordings.css';
import '../../../ui/dialog-list.css';

export interface RecordingsDialogProps {
  readonly look: TerminalLook;
  readonly onClose: () => void;
}

/** What was recorded: to be shown again, or removed. */
export function RecordingsDialog({ look, onClose }: RecordingsDialogProps) {
  const { client, notices } = useServices();
  const [recordings, setRecordings] = useState<readonly TerminalRecording[]>();
  const [nowMs] = useState(() => Date.now());
  const [playing, setPlaying] = useState<string>();
  const load = useCallback(
    () => client.terminal.recordings({}).then((listed) => setRecordings(listed.recordings), notices.fail),
    [client, notices],
  );
  useEffect(() => void load(), [load]);
  const remove = (recording: string): void => {
    if (playing === recording) setPlaying(undefined);
    void client.terminal.removeRecording({ recording }).then(load, notices.fail);
  };
  return (
    <Modal open onClose={onClose} title={messages.recordingsTitle} width="wide">
      <p className="muted">{recordings?.length === 0 ? messages.noRecordings : messages.recordingsAbout}</p>
      {playing === undefined ? null : <ReplayPane key={playing} recording={playing} look={look} />}
      <ul className="dialog-list">
        {recordings?.map((recording) => (
          <li key={recording.id} className="recording-row">
            <span className="grow truncate">
              {recording.title} · {formatMoment(recording.startedAt, nowMs)} · {formatBytes(recording.sizeBytes)}
            </span>
            <CopyButton text={recording.file} label={messages.copyPath} />
            <Button
              size="small"
              icon={playing === recording.id ? Square : Play}
              onClick={() => setPlaying(playing === recording.id ? undefined : recording.id)}
            >
              {playing === recording.id ? messages.stop : messages.play}
            </Button>
            <Button size="small" onClick={() => remove(recording.id)}>
              {messages.remove}
            </Button>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
