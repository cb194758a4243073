import type { Session } from '../../client/src/index.js';
import { visibleText } from '../../src/visible-text.js';
import type { IconName } from '../design/icon.js';

const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly [RegExp, string, IconName][] = [
  [/\b(iPhone|iPod)\b/, 'iPhone', 'phone'],
  [/\biPad\b/, 'iPad', 'tablet'],
  [/\bAndroid\b(?!.*\bMobile\b)/, 'Android', 'tablet'],
  [/\bAndroid\b/, 'Android', 'phone'],
  [/\bWindows\b/, 'Windows', 'desktop'],
  [/\bCrOS\b/, 'ChromeOS', 'laptop'],
  [/\bMac OS X\b/, 'macOS', 'laptop'],
  [/\bLinux\b/, 'Linux', 'desktop'],
];

/** What a person would call the device: `Firefox on Linux`. Only ever a hint: a client can send any text. */
export function describeDevice(userAgent: string | null): string {
  if (userAgent === null) return 'Unknown device';
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = systemOf(userAgent)?.[1];
  if (browser === undefined) {
    return system ?? (visibleText(userAgent.split(/[ /]/, 1)[0] ?? '') || 'Unknown device');
  }
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** A picture of the device. Programs, which name no system, have one as well. */
export function iconOfDevice(userAgent: string | null): IconName {
  if (userAgent === null) return 'unknown';
  return systemOf(userAgent)?.[2] ?? 'program';
}

/** The name of a session's device: the one that its owner gave it, or else what it says of itself. */
export function nameOfDevice({ device, userAgent }: Pick<Session, 'device' | 'userAgent'>): string {
  return device === null ? describeDevice(userAgent) : visibleText(device);
}

function systemOf(userAgent: string) {
  return SYSTEMS.find(([pattern]) => pattern.test(userAgent));
}
