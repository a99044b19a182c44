"""python -m services.notifications"""

from services.chassis.running.service import run
from services.notifications.app import compose
from services.notifications.settings import NotificationsSettings

if __name__ == "__main__":
    run("notifications", NotificationsSettings, compose)
