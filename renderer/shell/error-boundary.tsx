import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { messages } from './messages.ts';

interface ErrorBoundaryState {
  readonly error: Error | undefined;
}

/** Keeps an error of one panel in that panel. React offers this to classes only. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div className="panel-error">
        <FailureNotice
          failure={{ code: 'internal', message: messages.panelFailed, why: error.message }}
          actions={<Button onClick={() => this.setState({ error: undefined })}>{messages.panelRetry}</Button>}
        />
      </div>
    );
  }
}
