/** How a network's output is to be read; src/detect has a decoder for each. */
export const layouts = ['yolox', 'yolov8', 'yolo11', 'yolov10', 'yolo26', 'nanodet', 'detr'] as const;
