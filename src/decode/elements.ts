import { loadBinding } from './binding.ts';

/** A GStreamer element that Argus uses. */
export interface ElementNeed {
  readonly name: string;
  /** What it is for. */
  readonly use: string;
  /** Debian package that has it. */
  readonly debianPackage: string;
}

const need = (name: string, use: string, debianPackage: string): ElementNeed => ({
  name,
  use,
  debianPackage,
});

/** Without one of these no video, or no video of that kind, can be read. */
export const requiredElements: readonly ElementNeed[] = [
  need('uridecodebin', 'opening sources', 'gstreamer1.0-plugins-base'),
  need('videoconvertscale', 'letterbox and colour', 'gstreamer1.0-plugins-base'),
  need('videoflip', 'turned pictures', 'gstreamer1.0-plugins-good'),
  need('deinterlace', 'interlaced pictures', 'gstreamer1.0-plugins-good'),
  need('splitfilesrc', 'trimmed MP4 files', 'gstreamer1.0-plugins-good'),
  need('rawvideoparse', 'files without times', 'gstreamer1.0-plugins-base'),
  need('capssetter', 'choosing stills', 'gstreamer1.0-plugins-good'),
  need('videorate', 'choosing stills', 'gstreamer1.0-plugins-base'),
  need('appsink', 'handing frames over', 'gstreamer1.0-plugins-base'),
  need('gdppay', 'timestamps', 'gstreamer1.0-plugins-bad'),
  need('jpegenc', 'stills', 'gstreamer1.0-plugins-good'),
  need('rtspsrc', 'RTSP cameras', 'gstreamer1.0-plugins-good'),
  need('souphttpsrc', 'HTTP sources', 'gstreamer1.0-plugins-good'),
  need('v4l2src', 'local cameras', 'gstreamer1.0-plugins-good'),
  need('avidemux', 'AVI files', 'gstreamer1.0-plugins-good'),
  need('qtdemux', 'MP4 files', 'gstreamer1.0-plugins-good'),
  need('h264parse', 'H.264', 'gstreamer1.0-plugins-bad'),
  need('avdec_h264', 'H.264', 'gstreamer1.0-libav'),
  need('avdec_h265', 'H.265', 'gstreamer1.0-libav'),
  need('avdec_mpeg4', 'MPEG-4', 'gstreamer1.0-libav'),
];

/** Whether GStreamer can make the element. */
export function elementExists(name: string): boolean {
  try {
    // Two more elements, so that it is a pipeline without it, too, which is what the binding takes a description for.
    new (loadBinding().Pipeline)(`${name} fakesink fakesink`);
    return true;
  } catch {
    // "no element": the answer that was asked for.
    return false;
  }
}
