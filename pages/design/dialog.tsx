import { useId, type ReactNode, type RefObject } from 'react';
import { Dialog as ModalDialog } from '@ariakit/react/dialog';
import { Button } from './button.js';
import { Icon } from './icon.js';
import './dialog.css';

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** What gets the focus after it where the element that opened it is gone. */
  readonly fallbackFocus?: RefObject<HTMLElement | null> | undefined;
  /** The buttons at its end, the one that acts last. */
  readonly actions?: ReactNode;
}

/** A modal dialog; on phones, a sheet at the lower edge that is as wide as the screen. */
export function Dialog(props: DialogProps) {
  const { isOpen, onClose, title, children, fallbackFocus, actions } = props;
  const heading = useId();

  function returnsFocusTo(opener: HTMLElement | null): boolean {
    if (opener?.isConnected || !fallbackFocus?.current) return true;
    fallbackFocus.current.focus();
    return false;
  }

  return (
    <ModalDialog
      open={isOpen}
      onClose={onClose}
      unmountOnHide
      autoFocusOnHide={returnsFocusTo}
      backdrop={<div className="dialog-backdrop" />}
      className="dialog"
      aria-labelledby={heading}
    >
      <div className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="dialog-close" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div className="dialog-body">{children}</div>
      {actions && <div className="dialog-actions">{actions}</div>}
    </ModalDialog>
  );
}

export interface ConfirmationProps extends Omit<DialogProps, 'actions'> {
  /** What the button that acts says. */
  readonly act: string;
  readonly isBusy?: boolean;
  readonly onConfirm: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirmation({ act, isBusy = false, onConfirm, ...dialog }: ConfirmationProps) {
  return (
    <Dialog
      {...dialog}
      actions={
        <>
          <Button onClick={dialog.onClose}>Cancel</Button>
          <Button look="danger-fill" isBusy={isBusy} onClick={onConfirm}>
            {act}
          </Button>
        </>
      }
    />
  );
}
