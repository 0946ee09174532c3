import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import './button.css';
import { Spinner } from './spinner.tsx';

export interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: 'default' | 'primary' | 'ghost' | 'danger';
  readonly size?: 'medium' | 'small';
  readonly icon?: LucideIcon;
  /** Shows a spinner in the icon's place and refuses clicks. */
  readonly busy?: boolean;
  readonly children: ReactNode;
}

export function Button({
  tone = 'default',
  size = 'medium',
  icon: Icon,
  busy,
  children,
  className,
  ...rest
}: ButtonProps) {
  const classes = ['button', `button-${tone}`, `button-${size}`, className].filter(Boolean).join(' ');
  return (
    <button type="button" {...rest} className={classes} disabled={rest.disabled || busy} aria-busy={busy}>
      {busy ? <Spinner /> : Icon ? <Icon size={14} aria-hidden /> : null}
      <span className="truncate">{children}</span>
    </button>
  );
}

export interface IconButtonProps extends ComponentProps<'button'> {
  readonly icon: LucideIcon;
  /** What a screen reader says and what the tooltip shows. */
  readonly label: string;
  readonly pressed?: boolean;
  /** The keys that do the same, as the tooltip and as a screen reader say them. */
  readonly keys?: { readonly label: string; readonly forReaders: string } | undefined;
}

export function IconButton({ icon: Icon, label, pressed, keys, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={keys === undefined ? label : `${label} (${keys.label})`}
      aria-label={label}
      aria-keyshortcuts={keys?.forReaders}
      aria-pressed={pressed}
      {...rest}
      className={['icon-button', className].filter(Boolean).join(' ')}
    >
      <Icon size={15} aria-hidden />
    </button>
  );
}
