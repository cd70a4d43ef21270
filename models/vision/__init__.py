"""Models that look at frames: object detection, and the tracker that joins detections through time."""
