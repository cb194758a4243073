/** Describes every address, as a module of an operator would (`PLACE_MODULE`). */
export default function describePlace(ipAddress) {
  return ipAddress === '127.0.0.1' ? 'This machine, Earth' : undefined;
}
