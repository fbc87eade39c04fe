import { useEffect, useState } from 'preact/hooks';

/** What a button that copies shows afterwards, for a moment. @returns whether it was just now, and what to call when it is */
export function useCopied(): [boolean, () => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  return [copied, () => setCopied(true)];
}
