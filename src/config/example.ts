import { schemaUrl } from './schema.ts';

/**
 * The argus.yaml that `argus init` writes. Prose has a space after its #; lines without it are settings to uncomment,
 * and a test loads them all.
 */
export const exampleConfig = (): string => `# yaml-language-server: $schema=${schemaUrl}
#
# What Argus watches. Coordinates are parts of the picture: [0, 0] is its top left, [1, 1] its bottom right.
# \${NAME} stands for the environment variable NAME; keep passwords there and not in this file.

# The detector, or auto: the best one that this machine has or can get.
detector: auto

# Where MCP clients reach Argus over HTTP. 127.0.0.1 serves this machine alone.
server:
  host: 127.0.0.1
  port: 7461

# How much of the past is kept of all cameras: what is older, and the oldest of what is more, may be deleted.
#retention:
#  days: 30
#  gigabytes: 20

# What people are told apart by who come back or walk from camera to camera: auto is the best that can be had, off is by
# nothing. For how many days what they looked like is kept.
#identify:
#  model: auto
#  days: 7

cameras:
  # A moving test picture: there is something to look at, though nothing that a detector knows. Replace it with a camera
  # of yours, or a video.
  - id: demo
    name: Test picture
    source: test:ball
    # Frames per second to analyse at most; without it, as many as the machine can.
    fps: 5
    # What to look for; without it, everything that the detector knows.
    #classes: [person, car]
    # 0 to 1: how sure a detection has to be, of all classes (confidence: 0.5) or of each; without it, as the detector
    # has it.
    #confidence: { default: 0.4, car: 0.6 }
    # Whether to recognise people on this camera.
    #identify: false
    # Going over a line drawn from top to bottom from left to right is "forward", the other way "backward".
    lines:
      - id: middle
        name: Middle of the picture
        from: [0.5, 0]
        to: [0.5, 1]
    # Corners in order around the zone. A visit of dwellSeconds or more makes a dwell event.
    zones:
      - id: left-half
        name: Left half
        polygon: [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]
        dwellSeconds: 10
    # Areas in which nothing begins, such as a signboard that is taken for a person; for some classes or for all.
    #ignore:
    #  - { polygon: [[0.9, 0], [1, 0], [1, 0.2], [0.9, 0.2]], classes: [person] }
    # Four places on the ground whose distances are known, such as the corners of a rectangle, in the picture and in
    # metres. With them speeds and headings can be told.
    #scale:
    #  - { at: [0.2, 0.9], metres: [0, 0] }
    #  - { at: [0.8, 0.9], metres: [4, 0] }
    #  - { at: [0.6, 0.4], metres: [4, 12] }
    #  - { at: [0.4, 0.4], metres: [0, 12] }

  # A network camera. Its address is in its manual or its app; try it with a player such as VLC first.
  #- id: gate
  #  name: Gate
  #  source: rtsp://viewer:\${GATE_PASSWORD}@192.168.1.20:554/stream1

  # A webcam.
  #- id: desk
  #  source: /dev/video0

  # A recording; the path starts from the folder of this file. startTime is when its first picture was taken.
  #- id: yesterday
  #  source: recordings/yard.mp4
  #  startTime: 2026-11-21T18:00:00+01:00
`;
