import { CircleCheck, X } from 'lucide-react';
import { useStore } from 'zustand';
import { useServices } from '../app/services.tsx';
import { IconButton } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { messages } from './messages.ts';
import './notices.css';

/** Short messages in the corner: what went well goes by itself, what failed stays until it is closed. */
export function Notices() {
  const { notices } = useServices();
  const list = useStore(notices.store, (state) => state.notices);
  return (
    <div className="notices" aria-live="polite">
      {list.map((notice) => (
        <div key={notice.id} className="notice" data-tone={notice.tone}>
          {notice.failure ? (
            <FailureNotice failure={notice.failure} compact />
          ) : (
            <p className="notice-text" role="status">
              <CircleCheck size={15} aria-hidden /> {notice.text}
            </p>
          )}
          <IconButton icon={X} label={messages.dismiss} onClick={() => notices.dismiss(notice.id)} />
        </div>
      ))}
    </div>
  );
}
