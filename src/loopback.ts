/** Whether a host, as `URL` writes it, is this machine, so that nobody is on the way (RFC 6761 §6.3, RFC 6890). */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}
