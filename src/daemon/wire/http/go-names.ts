/** Systems and processors as GitLab, and whoever reads its lists, knows them: by the names that Go has for them. */
const PLATFORMS: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', mipsel: 'mipsle' };

export function goPlatform(platform: string = process.platform): string {
  return PLATFORMS[platform] ?? platform;
}

export function goArchitecture(architecture: string = process.arch): string {
  return ARCHITECTURES[architecture] ?? architecture;
}
