import type { ReactNode } from 'react';

export interface ScrolledTextProps {
  readonly className?: string;
  readonly children: ReactNode;
}

/** A text as it is, which may be longer or wider than there is room for: keys scroll it. */
export function ScrolledText({ className = '', children }: ScrolledTextProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text is scrolled by keys
    <pre className={`${className} selectable`.trim()} tabIndex={0}>
      {children}
    </pre>
  );
}
