import { Button } from '../design/button.js';
import { Icon } from '../design/icon.js';

interface FailureProps {
  readonly text: string | undefined;
  readonly onRetry?: () => void;
}

/** What could not be done, and the way to try again. */
export function Failure({ text, onRetry }: FailureProps) {
  if (text === undefined) return null;
  return (
    <div role="alert" className="callout">
      <Icon name="alert" />
      <p>{text}</p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
