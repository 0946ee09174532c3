import { Modal } from '../../ui/modal.tsx';
import { messages } from './messages.ts';
import { SHORTCUTS } from './shortcuts.ts';

export interface ShortcutsHelpProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function ShortcutsHelp({ open, onClose }: ShortcutsHelpProps) {
  return (
    <Modal open={open} onClose={onClose} title={messages.keys} width="wide">
      <dl className="keys">
        {SHORTCUTS.map(({ key, command }) => (
          <div key={key}>
            <dt>
              <kbd>{/[A-Z]/.test(key) ? `Shift ${key}` : key}</kbd>
            </dt>
            <dd>{messages.commands[command]}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
