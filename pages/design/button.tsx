import type { ComponentProps } from 'react';
import './button.css';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'type'> {
  /** How much it stands out. Default: `secondary`. */
  readonly look?: 'primary' | 'secondary' | 'quiet' | 'danger' | 'danger-fill';
  /** Whether what it does is under way. It keeps the focus, and does nothing more meanwhile. */
  readonly isBusy?: boolean;
}

export function Button({
  look = 'secondary',
  isBusy = false,
  className = '',
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={`button ${className}`}
      data-look={look}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? undefined : onClick}
      {...rest}
    />
  );
}
