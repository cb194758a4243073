/** Whether a host, in the notation of `URL`, is this machine, so that traffic does not cross a network (RFC 6761 §6.3, RFC 6890). */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}
